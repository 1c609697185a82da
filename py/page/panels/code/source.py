"""Where the code lies for everybody: the repository that a copy of the page on GitHub Pages is made from."""

PAGES = ".github.io"


def repository(host, path):
    """Its address; "" of a page elsewhere. `host` and `path` are those of the page."""
    owner = host[: -len(PAGES)] if host.endswith(PAGES) else ""
    name = path.split("/")[1] if path.count("/") > 1 else host
    return "https://github.com/{}/{}".format(owner, name) if owner else ""


def line_address(host, path, file, line):
    """Of a line of a file in it; "" where there is none."""
    place = repository(host, path)
    return "{}/blob/HEAD/{}#L{}".format(place, file, line) if place else ""
