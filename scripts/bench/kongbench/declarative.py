"""Declarative documents of any size."""
import json


def routes(count, upstream_port):
    """`count` routes with paths /api/r<n>/items, ten to a service."""
    services = []
    for first in range(0, count, 10):
        services.append({
            "name": f"s{first // 10}", "url": f"http://127.0.0.1:{upstream_port}",
            "routes": [{"name": f"r{n}", "paths": [f"/api/r{n}/items"], "strip_path": False}
                       for n in range(first, min(first + 10, count))]})
    return {"_format_version": "3.0", "services": services}


def consumers(first, count, keys_each):
    """`count` consumers from number `first` on, each with `keys_each` key-auth credentials `key-<n>`."""
    return {"_format_version": "3.0", "consumers": [
        {"username": f"consumer-{c}", "keyauth_credentials": [{"key": f"key-{c * keys_each + k}"} for k in range(keys_each)]}
        for c in range(first, first + count)]}


def write_json(path, document):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(document, file)
    return path


def write_yaml(path, document):
    """Block style, as people and tools write it; plain enough for JSON's scalars."""
    with open(path, "w", encoding="utf-8") as file:
        write_members(file, document, "")
    return path


def write_members(file, members, indent):
    for name, value in members.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            file.write(f"{indent}{name}:\n")
            for element in value:
                file.write(f"{indent}-\n")
                write_members(file, element, indent + "  ")
        elif isinstance(value, list):
            file.write(f"{indent}{name}:\n" + "".join(f"{indent}- {json.dumps(v)}\n" for v in value))
        else:
            file.write(f"{indent}{name}: {json.dumps(value)}\n")
