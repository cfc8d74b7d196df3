umask 077 # the file of variables is for you alone
cat > variables.bru <<END
vars {
  base_url: http://127.0.0.1:8080
  tenant_id: 1
  api_key: $GROUP_DISPATCH_API_KEY
}
END
cd group-dispatch # the folder in the archive
bru run --env-file ../variables.bru
