#!/usr/bin/env bash
# openapi-generator 7.26.0, java with the library native: `oneOf: [integer, string]` refuses every integer.
#
# Guess before the first run: the number 12 is read as a Long and the text "12" as a String, because JSON tells them apart.
# Seen: both fail with "2 classes match result, expected 1". The client's own object mapper converts between numbers and text,
# so each schema accepts the other's value; text that is no number is read. A caller has to disable
# MapperFeature.ALLOW_COERCION_OF_SCALARS, and then both are read as guessed.
# It needs a JDK, and apt-get for the annotations.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0
jar=$(echo tools/lib/python3*/site-packages/openapi_generator_cli/openapi-generator.jar)
apt-get -qq -o APT::Sandbox::User=root download libjakarta-annotation-api-java=2.1.1-1
dpkg-deb -x libjakarta-annotation-api-java_*.deb annotations
libraries=$jar:annotations/usr/share/java/jakarta-annotation-api-2.1.1.jar

cat > openapi.yaml <<'YAML'
openapi: 3.0.3
info: { title: One, version: 1.0.0 }
paths: {}
components:
  schemas:
    Id:
      oneOf: [{ type: integer, format: int64 }, { type: string }]
YAML
tools/bin/openapi-generator-cli generate -g java -i openapi.yaml -o client --library native \
    --additional-properties=openApiNullable=false,useJakartaEe=true >/dev/null 2>&1

cat > Read.java <<'JAVA'
import com.fasterxml.jackson.databind.MapperFeature;
import org.openapitools.client.ApiClient;
import org.openapitools.client.model.Id;

public class Read {
  public static void main(String[] arguments) {
    for (boolean coercion : new boolean[] {true, false}) {
      var mapper = ApiClient.createDefaultObjectMapper();
      if (!coercion) mapper.configure(MapperFeature.ALLOW_COERCION_OF_SCALARS, false);
      for (String json : new String[] {"12", "\"12\"", "\"x\""}) {
        String read;
        try {
          Object value = mapper.readValue(json, Id.class).getActualInstance();
          read = value.getClass().getSimpleName();
        } catch (Exception error) {
          read = error.getMessage().replaceFirst(".*: ", "");
        }
        System.out.println((coercion ? "default" : "no coercion") + ", " + json + ": " + read);
      }
    }
  }
}
JAVA
mkdir classes
find client/src/main/java -name '*.java' -print0 | xargs -0 javac -Xlint:none -proc:none -cp "$libraries" -d classes Read.java 2>/dev/null
java -cp "classes:$libraries" Read > seen

echo "openapi-generator $(java -jar "$jar" version):"
cat seen
diff - seen <<'TXT' || { echo "changed: see the lines above"; exit 1; }
default, 12: 2 classes match result, expected 1
default, "12": 2 classes match result, expected 1
default, "x": String
no coercion, 12: Long
no coercion, "12": String
no coercion, "x": String
TXT
