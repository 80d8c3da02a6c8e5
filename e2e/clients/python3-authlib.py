"""Debian's python3-authlib, told the endpoints that the discovery document names."""
import json
import sys

import requests
from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session
from authlib.jose import JsonWebKey, JsonWebToken
from authlib.oauth2.rfc7523 import PrivateKeyJWT


def start(issuer, id, secret, method):
    server = requests.get(issuer + "/.well-known/oauth-authorization-server", timeout=10).json()
    session = OAuth2Session(id, secret, token_endpoint_auth_method=method, revocation_endpoint_auth_method=method)

    if method == "private_key_jwt":
        session.register_client_auth_method(PrivateKeyJWT(server["token_endpoint"], alg="ES256", headers={"kid": secret["kid"]}))

    def token(**parameters):
        return session.fetch_token(server["token_endpoint"], grant_type="client_credentials", **parameters)

    def exchange(**parameters):
        return session.fetch_token(server["token_endpoint"], grant_type="urn:ietf:params:oauth:grant-type:token-exchange", **parameters)

    def use(token, url):
        session.token = {"access_token": token, "token_type": "Bearer"}
        return {"status": session.get(url).status_code}

    def introspect(token):
        return session.introspect_token(server["introspection_endpoint"], token=token).json()

    def revoke(token):
        answer = session.revoke_token(server["revocation_endpoint"], token=token)
        return {} if answer.ok else {"error": answer.json()["error"]}

    def verify(token, audience):
        keys = JsonWebKey.import_key_set(requests.get(server["jwks_uri"], timeout=10).json())
        claims = JsonWebToken(["ES256"]).decode(token, keys, claims_options={
            "iss": {"essential": True, "value": issuer}, "aud": {"essential": True, "value": audience},
            "exp": {"essential": True}, "client_id": {"essential": True},
        })
        claims.validate()
        if claims.header["typ"] != "at+jwt":
            raise ValueError("not an access token")
        return claims

    return {f.__name__: f for f in (token, exchange, use, introspect, revoke, verify)}


functions = None
for line in sys.stdin:
    given = json.loads(line)
    name = given.pop("do", None)
    try:
        functions = functions or start(**given)
        answer = functions[name](**given) if name else {}
    except OAuthError as error:
        answer = {"error": error.error}
    except Exception as error:
        answer = {"error": repr(error)}
    print(json.dumps(answer), flush=True)
