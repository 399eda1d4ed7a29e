"""A product that stores files. Its users, their roles and the limits of their organizations are in tenantry."""

import json
import os
import re
import traceback
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import tenantry
from tenantry import Refusal

# A real product has a table here, with a column for the organization.
files = []


class Handler(BaseHTTPRequestHandler):
    def caller_with(self, permission):
        """Returns the organization of the request, if its user has the permission there."""
        claims = tenantry.verify_token(self.headers["Authorization"])
        organization_id = self.headers["X-Tenant-ID"] or claims.get("org") or ""
        if not re.fullmatch("[0-9a-fA-F-]{36}", organization_id):
            raise Refusal(400, "tenant_required", "Name an organization in X-Tenant-ID.")
        tenantry.check_access(claims, organization_id, permission, self.client_address[0])
        return organization_id

    def list_files(self):
        organization_id = self.caller_with("content:read")
        return 200, [file for file in files if file["organizationId"] == organization_id]

    def store_file(self):
        organization_id = self.caller_with("content:write")
        try:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"] or 0)))
            name, gigabytes = body["name"], body["gigabytes"]
        except (ValueError, TypeError, KeyError):
            name = gigabytes = None
        if not isinstance(name, str) or type(gigabytes) is not int or gigabytes < 1:
            raise Refusal(400, "invalid_file", "Send a name and whole gigabytes.")
        file = {"id": str(uuid.uuid4()), "organizationId": organization_id, "name": name, "gigabytes": gigabytes}
        tenantry.consume(organization_id, "storage_gb", gigabytes, file["id"])
        files.append(file)
        return 201, file

    def delete_files(self):
        organization_id = self.caller_with("settings:write")
        for file in [each for each in files if each["organizationId"] == organization_id]:
            tenantry.release(organization_id, "storage_gb", file["gigabytes"], f"{file['id']}-deleted")
            files.remove(file)
        return 204, None

    def answer(self, routes):
        try:
            if self.path not in routes:
                raise Refusal(404, "not_found", "There is no such route.")
            status, body = routes[self.path]()
        except Refusal as refusal:
            status, body = refusal.status, {"code": refusal.code, "detail": refusal.detail}
        except Exception:
            # Without an answer of tenantry nobody is let in.
            traceback.print_exc()
            status, body = 503, {"code": "unavailable", "detail": "Try again later."}
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.answer({"/files": self.list_files})

    def do_POST(self):
        self.answer({"/files": self.store_file})

    def do_DELETE(self):
        self.answer({"/files": self.delete_files})


if __name__ == "__main__":
    port = int(os.environ.get("PORT", "4000"))
    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    print(f"The example listens on http://localhost:{port}", flush=True)
    server.serve_forever()
