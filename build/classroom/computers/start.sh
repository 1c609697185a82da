#!/bin/sh
# Serves the folder "site" beside this file to the browser of this computer, and to nobody else.
case "$0" in */*) cd "${0%/*}" || exit 1 ;; esac
if ! [ -f site/index.html ]; then
  echo "The folder \"site\" is not beside this file. Please unpack the whole zip, and start it from there."
  exit 1
fi
if perl -MCwd -MIO::Socket::INET -e 1 2>/dev/null; then
  exec perl tools/serve.pl site "$@"
elif python3 -c "from http.server import ThreadingHTTPServer" 2>/dev/null; then
  exec python3 tools/serve.py site "$@"
fi
echo "Neither perl nor python3 is on this computer. Please open glassformer.html in this folder instead:"
echo "it is the whole page in one file."
exit 1
