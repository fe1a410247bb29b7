"""The sandbox's own certificate authority and server certificate, and the roots a client is given."""

from __future__ import annotations

import ipaddress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import certifi
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sandbox.clock import write_private

# Certificates live by the machine's clock, never the sandbox's; wide, so that a wrong clock does no harm.
BEFORE, AFTER = timedelta(days=3650), timedelta(days=3650)
PLAIN = serialization.NoEncryption()


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, PLAIN)


def _certificate(
    subject: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    signer: ec.EllipticCurvePrivateKey,
    is_ca: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BEFORE)
        .not_valid_after(now + AFTER)
        .add_extension(x509.BasicConstraints(ca=is_ca, path_length=0 if is_ca else None), critical=True)
    )
    if not is_ca:
        names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(usage, critical=False)
    return builder.sign(signer, hashes.SHA256())


def make(folder: Path) -> None:
    """Write server.key, server.pem, ca.pem and roots.pem (0600), once; the authority's key is not kept."""
    if (folder / "roots.pem").exists():
        return
    authority, server = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = _certificate("Sandbox CA", authority, "Sandbox CA", authority, True)
    leaf = _certificate("localhost", server, "Sandbox CA", authority, False)
    pem = {
        name: one.public_bytes(serialization.Encoding.PEM).decode()
        for name, one in (("ca", ca), ("server", leaf))
    }
    write_private(folder / "server.key", _pem(server).decode())
    write_private(folder / "server.pem", pem["server"] + pem["ca"])
    write_private(folder / "ca.pem", pem["ca"])
    # A client that trusts this bundle still trusts everybody else's servers.
    write_private(folder / "roots.pem", Path(certifi.where()).read_text(encoding="utf-8") + "\n" + pem["ca"])


def account_key(folder: Path) -> rsa.RSAPrivateKey:
    """The service account's key, made once."""
    path = folder / "account.key"
    if not path.exists():
        write_private(path, _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)).decode())
    key = serialization.load_pem_private_key(path.read_bytes(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    return key
