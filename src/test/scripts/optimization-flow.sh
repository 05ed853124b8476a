#!/usr/bin/env bash
# Right-sizing from an upload to recommendations, in the six steps by which somebody tries it by hand: start, health, upload,
# a report in the bucket, an event that tells of it, what became of it. Uses no server but those it starts, in a folder that
# disappears.
#
#   optimization-flow.sh CARAVAN.jar PAYLOAD.tar.gz REPORT.csv
#
# Needs a JDK, curl and tar; JAVA_OPTIONS goes to Caravan's own processes.
set -euo pipefail

if [ $# -ne 3 ]; then
  sed -n '2,9s/^# \{0,1\}//p' "$0" >&2
  exit 2
fi
jar=$(realpath "$1") payload=$(realpath "$2") report=$(realpath "$3")
producer=$(realpath "$(dirname "$0")")/SendMessage.java
organisation=12345
cluster=1b77b73f-1d3e-43c6-9f55-bcd9fb6d1a0c
folder=$(mktemp -d)
log=$folder/log

stop() {
  code=$?
  if [ -n "${caravan:-}" ]; then
    kill "$caravan" 2>/dev/null || true
    wait "$caravan" || true
  fi
  if [ "$code" -ne 0 ] && [ -f "$log" ]; then
    tail -n 20 "$log" >&2
  fi
  rm -rf "$folder"
}
trap stop EXIT

# Tries a command again until it succeeds, for a minute.
await() {
  for _ in $(seq 120); do
    if "$@" >"$folder/answer" 2>"$folder/error"; then
      return
    fi
    kill -0 "$caravan"
    sleep 0.5
  done
  echo "in vain: $*" >&2
  cat "$folder/answer" "$folder/error" >&2
  return 1
}

# A value of running.json, which says how to reach the servers.
running() {
  sed -n "s/.*\"$1\" : \"\(.*\)\".*/\1/p" "$folder/data/running.json"
}

# Asks the front door as the organisation.
get() {
  curl -fsS -H "x-rh-identity: $identity" "$door$1"
}

answers() {
  get "$1" | grep -q "$2"
}

echo "1. start"
cd "$folder"
CARAVAN_SAMPLES=false CARAVAN_HTTP_PORT=0 java ${JAVA_OPTIONS:-} -jar "$jar" run >"$log" 2>&1 &
caravan=$!
await grep -q "HTTP on port" "$log"
door=http://127.0.0.1:$(sed -n 's/.*HTTP on port \([0-9]*\).*/\1/p' "$log")
sender=$(tar -xzOf "$payload" --wildcards '*manifest.json' | sed -n 's/.*"cluster_id" *: *"\([^"]*\)".*/\1/p' | head -1)
java ${JAVA_OPTIONS:-} -jar "$jar" source add --org $organisation --cluster "$sender" --alias uploaded

echo "2. health"
await curl -fsS "$door/api/ingress/v1/version"
await curl -fsS "$door/status"

echo "3. upload"
# {"identity":{"account_number":"12345","internal":{"org_id":"12345"}}}
identity=eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwiaW50ZXJuYWwiOnsib3JnX2lkIjoiMTIzNDUifX19
curl -fsS -X POST \
  -F "file=@$payload" \
  -H "x-rh-identity: $identity" \
  -H "x-rh-request-id: test-request-123" \
  "$door/api/ingress/v1/upload"
echo

echo "4. a report in the bucket"
file=$(cat /proc/sys/kernel/random/uuid)_openshift_usage_report.0.csv
object=$(running caravan.s3.endpoint)/ros-data/$file
curl -fsS --aws-sigv4 "aws:amz:$(running caravan.s3.region):s3" \
  --user "$(running caravan.s3.access-key):$(running caravan.s3.secret-key)" \
  -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" -H "x-amz-acl: public-read" -T "$report" "$object"

echo "5. an event"
(cd "$folder" && jar -xf "$jar" $(jar -tf "$jar" | grep -E 'kafka-clients|slf4j-api'))
java -cp "$(find "$folder/BOOT-INF" -name '*.jar' | tr '\n' ':')" "$producer" \
  "$(running caravan.kafka.brokers)" hccm.ros.events 2>/dev/null <<MESSAGE
{
  "request_id": "test-request-123",
  "b64_identity": "eyJpZGVudGl0eSI6eyJhY2NvdW50X251bWJlciI6IjEyMzQ1IiwidHlwZSI6IlVzZXIiLCJpbnRlcm5hbCI6eyJvcmdfaWQiOiIxMjM0NSJ9fX0=",
  "metadata": {
    "account": "12345",
    "org_id": "12345",
    "source_id": "test-source-id",
    "cluster_uuid": "$cluster",
    "cluster_alias": "test-cluster"
  },
  "files": [
    "$object"
  ]
}
MESSAGE

echo "6. what became of it"
await answers /api/ingress/v1/track/test-request-123 '"status":"done"'
await answers "/api/ros/v1/workloads?cluster=$cluster" '"workload"'
get "/api/ros/v1/workloads?cluster=$cluster" | grep -o '"workload":"[^"]*"' | sort
await answers "/api/ros/v1/recommendations?start_date=1970-01-01&cluster=$cluster" '"recommendation_terms"'
get "/api/ros/v1/recommendations?start_date=1970-01-01&cluster=$cluster" | grep -o '"count":[0-9]*'
# While the consumers share out the partitions, what one has just read is read again by another.
if grep -E " (WARN|ERROR) " "$log" | grep -v "will be read again"; then
  exit 1
fi
echo "done"
