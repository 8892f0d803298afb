"""An OpenID Connect provider of this machine that lets one person in without asking."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

CLIENT, SECRET = "allweather", "only-for-tests"


@contextmanager
def provider(person: Mapping[str, Any]) -> Iterator[str]:
    """
    Address of a provider that signs in a person.

    Parameters
    ----------
    person
        Claims of the identity token, e.g. `name` and `email`; changes count from then on.
    """
    from joserfc import jwt
    from joserfc.jwk import RSAKey

    key = RSAKey.generate_key(2048, auto_kid=True)
    nonces: dict[str, str] = {}  # by code

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            where = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(where.query).items()}
            if where.path == "/authorize":
                code = f"code-{len(nonces)}"
                nonces[code] = asked["nonce"]
                self.send_response(302)
                back = urlencode({"code": code, "state": asked["state"]})
                self.send_header("Location", f"{asked['redirect_uri']}?{back}")
                self.end_headers()
            elif where.path == "/keys":
                self._tell({"keys": [key.as_dict(private=False)]})
            else:
                self._tell(
                    {
                        "issuer": address,
                        "authorization_endpoint": f"{address}/authorize",
                        "token_endpoint": f"{address}/token",
                        "jwks_uri": f"{address}/keys",
                        "response_types_supported": ["code"],
                        "subject_types_supported": ["public"],
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            code = parse_qs(body)["code"][0]
            now = int(time.time())
            claims = {
                "iss": address,
                "sub": "1",
                "aud": CLIENT,
                "iat": now,
                "exp": now + 600,
                "nonce": nonces[code],
                **person,
            }
            token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)
            self._tell({"access_token": "none", "token_type": "Bearer", "id_token": token})

        def _tell(self, what: Mapping[str, Any]) -> None:
            content = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def secrets(provider_address: str, planners: list[str] | None = None) -> str:
    """Secrets of an app that signs in with the provider; `{address}` stands for the app's own."""
    people = "" if planners is None else f"[people]\nplanners = {json.dumps(planners)}\n"
    return f"""
[auth]
redirect_uri = "{{address}}/oauth2callback"
cookie_secret = "a secret of the tests alone"
client_id = "{CLIENT}"
client_secret = "{SECRET}"
server_metadata_url = "{provider_address}/.well-known/openid-configuration"

{people}"""
