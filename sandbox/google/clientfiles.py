"""The files with which an unchanged client finds the sandbox: google-ads.yaml and a service account."""

from __future__ import annotations

import json
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sandbox.clock import write_private
from sandbox.google.tokens import EMAIL


def write(
    folder: Path,
    key: rsa.RSAPrivateKey,
    endpoint: str,
    token_url: str,
    login_customer: str,
    user: dict[str, str],
) -> None:
    """google-ads.yaml, sa.json and user.json (a refresh token) in the folder, for its owner only."""
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    account = {
        "type": "service_account",
        "project_id": "kampanya-sandbox",
        "private_key_id": "sandbox",
        "private_key": private.decode(),
        "client_email": EMAIL,
        "client_id": "1",
        "token_uri": token_url,
    }
    write_private(folder / "sa.json", json.dumps(account, indent=1))
    write_private(folder / "user.json", json.dumps(user, indent=1))
    settings = {
        "use_proto_plus": True,
        "endpoint": endpoint,
        "login_customer_id": login_customer,
        # Ignored since 2026-09-09 (api-policy/developer-token), but clients older than that insist on one.
        "developer_token": "ignored",
        "json_key_file_path": str(folder / "sa.json"),
    }
    # JSON values are YAML values; quoted, so that no id is read as a number and no path as anything else.
    text = "".join(f"{name}: {json.dumps(value)}\n" for name, value in settings.items())
    write_private(folder / "google-ads.yaml", text)
