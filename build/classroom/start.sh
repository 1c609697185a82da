#!/bin/sh
# Serves the folder "site" beside this file to the browser of this computer, and to nobody else.
cd "$(dirname "$0")" || exit 1
if command -v perl >/dev/null 2>&1; then
  exec perl tools/serve.pl site "$@"
elif command -v python3 >/dev/null 2>&1; then
  echo "Open http://127.0.0.1:8000/ in your browser. To stop, close this window."
  exec python3 -m http.server 8000 --bind 127.0.0.1 --directory site
fi
echo "Neither perl nor python3 is on this computer. Please open glassformer.html in this folder instead:"
echo "it is the whole page in one file."
exit 1
