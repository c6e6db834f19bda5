#!/usr/bin/env python3
"""Collects what kubeadm makes of a configuration, as the tests read it.

    collect.py run KUBEADM CONFIG OUT        runs `kubeadm init --dry-run`; `@VERSION@` in CONFIG is its version
    collect.py read DIRECTORY OUT            takes what such a run left, split up in a directory

The configuration is written to OUT.yaml, and what kubeadm made of it to OUT.json, one thing in a line.

What says nothing is left out: null, "", {}, [], status, creationTimestamp; in component configurations zeros as
well, since Go prints every field. Nested YAML is unfolded. PEM, times and random ids become `<...>`.
Needs Python 3 with PyYAML and cryptography.
"""
import base64, json, os, pathlib, re, subprocess, sys, tempfile
import yaml
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

EMPTY = (None, "", {}, [])
ZERO = EMPTY + ("0", "0s")


def prune(value, config=False, proxy=False):
    if isinstance(value, dict):
        pairs = {k: prune(v, config, proxy) for k, v in value.items() if k not in ("status", "creationTimestamp")}
        return {k: v for k, v in pairs.items() if not empty(v, config, proxy)}
    if isinstance(value, list):
        return [prune(v, config, proxy) for v in value]
    return value


def empty(value, config, proxy):
    if value is False:
        return proxy
    if value == 0 and not isinstance(value, (str, bool)):
        return config
    return value in (ZERO if config else EMPTY)


def unfold(obj):
    """ConfigMaps hold YAML in strings: compare what it says."""
    obj = prune(obj)
    for key, text in (obj.get("data") or {}).items():
        if obj["kind"] == "ConfigMap" and key != "Corefile":
            text = re.sub(r"(certificate-authority-data: )(<ca.crt>)\s+", r"\1<ca.crt>\n    ", text)
            data = yaml.safe_load(text)
            obj["data"][key] = prune(data, key in ("kubelet", "config.conf"), key == "config.conf")
    return obj


def kubelet(text):
    return prune(yaml.safe_load(text), config=True)


# ---------------------------------------------------------------- certificates

def certificate(pem):
    cert = x509.load_pem_x509_certificate(pem)
    key = cert.public_key()
    extensions = {}
    for ext in cert.extensions:
        name, value = ext.oid._name, ext.value
        entry = {"critical": ext.critical}
        if name == "basicConstraints":
            entry.update(ca=value.ca, pathLength=value.path_length)
        elif name == "keyUsage":
            entry["value"] = [n for n in ("digital_signature", "key_cert_sign", "key_encipherment", "crl_sign") if getattr(value, n)]
        elif name == "extendedKeyUsage":
            entry["value"] = [usage._name for usage in value]
        elif name == "subjectAltName":
            entry["dns"] = sorted(value.get_values_for_type(x509.DNSName))
            entry["ip"] = [str(ip) for ip in value.get_values_for_type(x509.IPAddress)]
        extensions[name] = entry
    return {
        "days": round((cert.not_valid_after_utc - cert.not_valid_before_utc).total_seconds() / 86400, 2),
        "extensions": extensions,
        "issuer": names(cert.issuer),
        "key": f"ECDSA-P{key.curve.key_size}" if isinstance(key, ec.EllipticCurvePublicKey) else f"RSA-{key.key_size}",
        "signature": cert.signature_algorithm_oid._name,
        "subject": names(cert.subject),
    }


def names(name):
    out = {}
    for attribute in name:
        out.setdefault(attribute.oid._name, []).append(attribute.value)
    return out


def kubeconfig(text):
    config = yaml.safe_load(text)
    for cluster in config["clusters"]:
        cluster["cluster"]["certificate-authority-data"] = "<ca.crt>"
    for user in config["users"]:
        pem = user["user"]["client-certificate-data"]
        user["user"]["client-certificate-data"] = certificate(base64.b64decode(pem))
        user["user"]["client-key-data"] = "<key>"
    return config


# ---------------------------------------------------------------- sources

def read(directory):
    d = pathlib.Path(directory)
    text = lambda name: (d / name).read_text()
    return {
        "config": text("kubeadm-config.yaml"),
        "manifests": {p.stem: yaml.safe_load(p.read_text()) for p in sorted((d / "manifests").iterdir())},
        "certificates": json.loads(text("certificates.json")),
        "kubeconfigs": json.loads(text("kubeconfigs.json")),
        "kubelet": {
            "config": text("kubelet-config.yaml"),
            "instanceConfig": text("kubelet-instance-config.yaml") if (d / "kubelet-instance-config.yaml").exists() else "",
            "flags": text("kubeadm-flags.env"),
        },
        "objects": list(yaml.safe_load_all(text("objects.yaml"))),
    }


def run(binary, config):
    version = subprocess.check_output([binary, "version", "-o", "short"], text=True).strip()
    text = pathlib.Path(config).read_text().replace("@VERSION@", version)
    with tempfile.TemporaryDirectory() as out:
        given = pathlib.Path(out, "given.yaml")
        given.write_text(text)
        dry = pathlib.Path(out, "dry")
        dry.mkdir()
        env = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}
        stdout = subprocess.check_output(
            [binary, "init", "--dry-run", "--config", str(given), "--skip-phases=preflight"],
            text=True, env={**env, "KUBEADM_INIT_DRYRUN_DIR": str(dry)},
        )
        manifests = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"]
        file = lambda name: (dry / name).read_text() if (dry / name).exists() else ""
        return {
            "config": text,
            "manifests": {n: yaml.safe_load(file(n + ".yaml")) for n in manifests if file(n + ".yaml")},
            "certificates": {str(p.relative_to(dry)): certificate(p.read_bytes()) for p in sorted(dry.rglob("*.crt"))},
            "kubeconfigs": {p.name: kubeconfig(p.read_text()) for p in sorted(dry.glob("*.conf"))},
            "kubelet": {"config": file("config.yaml"), "instanceConfig": file("instance-config.yaml"), "flags": file("kubeadm-flags.env")},
            "objects": created(stdout),
        }


def created(stdout):
    """The objects that a dry run says it would create."""
    objects, lines = [], stdout.split("\n")
    for i, line in enumerate(lines):
        if not re.match(r"\[dryrun\] Would perform action (CREATE|UPDATE) ", line):
            continue
        start = next(j for j in range(i, i + 5) if "Attached object" in lines[j]) + 1
        end = next((j for j in range(start, len(lines)) if re.match(r"$|\[[a-z-]+\] ", lines[j])), len(lines))
        obj = yaml.safe_load("\n".join(lines[start:end]))
        if obj["kind"] in ("ConfigMap", "Secret"):
            redact(obj)
        objects.append(obj)
    return objects


def redact(obj):
    notes = obj["metadata"].get("annotations") or {}
    for key in notes:
        if key.endswith("component-config.hash"):
            notes[key] = "sha256:<hash>"
    data = obj["data"]
    for key in data:
        if key in ("token-id", "token-secret"):
            data[key] = f"<{key}>"
        elif key == "expiration":
            data[key] = "<time>"
        elif key == "kubeconfig":
            data[key] = re.sub(r"certificate-authority-data: \S+", "certificate-authority-data: <ca.crt>", data[key])
    if obj["kind"] == "Secret":
        obj["metadata"]["name"] = "bootstrap-token-<id>"


# ---------------------------------------------------------------- output

def write(case, path):
    configs = case["kubelet"]
    out = {
        "manifests": {name: prune(pod) for name, pod in case["manifests"].items()},
        "certificates": case["certificates"],
        "kubeconfigs": {name: prune(config) for name, config in case["kubeconfigs"].items()},
        "kubelet": {
            "config": kubelet(configs["config"]),
            **({"instanceConfig": yaml.safe_load(configs["instanceConfig"])} if configs["instanceConfig"] else {}),
            "flags": configs["flags"].strip(),
        },
        "objects": [unfold(obj) for obj in case["objects"] if obj],
    }
    pathlib.Path(path).parent.mkdir(parents=True, exist_ok=True)
    pathlib.Path(path + ".yaml").write_text(case["config"])
    pathlib.Path(path + ".json").write_text(block({name: block(rows) for name, rows in out.items()}, str) + "\n")


def block(rows, text=lambda row: json.dumps(row, ensure_ascii=False)):
    """A JSON object or list with one row in a line."""
    if isinstance(rows, dict):
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {text(row)}" for name, row in rows.items()) + "\n}"
    return "[\n" + ",\n".join(text(row) for row in rows) + "\n]"


if __name__ == "__main__":
    mode, *args = sys.argv[1:]
    write(run(*args[:-1]) if mode == "run" else read(*args[:-1]), args[-1])
