umask 077 # the file of variables is for you alone
key=$(printf %s "$GROUP_DISPATCH_API_KEY" | sed 's/["\\]/\\&/g')
cat > variables.json <<END
{ "values": [
  { "key": "base_url", "value": "http://127.0.0.1:8080" },
  { "key": "tenant_id", "value": "1" },
  { "key": "api_key", "value": "$key" }
] }
END
newman run group-dispatch.postman_collection.json --environment variables.json
