#!/bin/sh
# Starts assetmap in the browser with a double click on macOS; start.sh does the work.
exec /bin/sh "$(dirname "$0")/start.sh" "$@"
