"""Who calls, as far as a web server can tell: address, browser and a cookie of its own."""

from ipaddress import IPv6Address, ip_address, ip_network

from flask import request, session

from lms.core.ids import new_token

_V4_PREFIX = 24
_V6_PREFIX = 56


def address_prefix() -> str:
    """Return the network the request comes from.

    Proxies are taken into account only as far as the settings trust them
    (``LMS_TRUSTED_PROXIES``); headers of anybody else change nothing.
    """
    return network_of(request.remote_addr or "")


def network_of(address: str) -> str:
    """Return the /24 or /56 an address lies in, which is what one household or cheat controls."""
    try:
        found = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    prefix = _V6_PREFIX if isinstance(found, IPv6Address) else _V4_PREFIX
    return str(ip_network(f"{found}/{prefix}", strict=False))


def browser_name() -> str:
    """Return what the browser calls itself."""
    return request.headers.get("User-Agent", "")


def visitor() -> str:
    """Return this browser's own random name; it proves nothing and opens nothing."""
    name: str = session.setdefault("visitor", new_token())
    return name
