"""A small CGI host for the real `git http-backend`: serves the bare repositories below a folder over HTTP on the loopback.

    git_http.py FOLDER            prints its port, then serves until its standard input ends

With GIT_HTTP_LOGIN=user:password set, everything asks for that login (HTTP Basic).
"""

import base64
import gzip
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = os.path.abspath(sys.argv[1])
LOGIN = os.environ.pop("GIT_HTTP_LOGIN", "")
EXPECTED = "Basic " + base64.b64encode(LOGIN.encode()).decode()


class Backend(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            data = b"".join(parts)
        else:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        return gzip.decompress(data) if self.headers.get("Content-Encoding") == "gzip" else data

    def answer(self, status, headers, data):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def serve(self):
        data = self.body()
        if LOGIN and self.headers.get("Authorization") != EXPECTED:
            return self.answer(401, [("WWW-Authenticate", 'Basic realm="git"')], b"")
        path, _, query = self.path.partition("?")
        environment = dict(
            os.environ,
            GIT_PROJECT_ROOT=FOLDER,
            GIT_HTTP_EXPORT_ALL="1",
            REQUEST_METHOD=self.command,
            PATH_INFO=path,
            QUERY_STRING=query,
            CONTENT_TYPE=self.headers.get("Content-Type", ""),
            CONTENT_LENGTH=str(len(data)),
            REMOTE_ADDR=self.client_address[0],
            REMOTE_USER=LOGIN.split(":")[0],
            GIT_PROTOCOL=self.headers.get("Git-Protocol", ""),
        )
        ran = subprocess.run(["git", "http-backend"], input=data, env=environment, capture_output=True, check=False)
        head, _, out = ran.stdout.partition(b"\r\n\r\n")
        headers = [tuple(line.split(": ", 1)) for line in head.decode().split("\r\n") if ": " in line]
        status = next((int(value.split()[0]) for name, value in headers if name == "Status"), 200)
        return self.answer(status, [(n, v) for n, v in headers if n != "Status"], out)

    do_GET = do_POST = serve


server = ThreadingHTTPServer(("127.0.0.1", 0), Backend)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()
