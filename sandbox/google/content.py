"""Assets of which the platform keeps one by content."""

from __future__ import annotations

import hashlib

from sandbox.google.messages import Message

# Sorts of which the platform keeps one by content: a second create answers with the first, whose name stays
# (comment in Google's own upload_image_asset example).
ONE_OF_EACH = {"image_asset": "data", "text_asset": "text", "youtube_video_asset": "youtube_video_id"}


def content_key(asset: Message) -> tuple[str, ...] | None:
    """What two assets of the same content share, for the sorts of which there is one of each."""
    data = asset.WhichOneof("asset_data")
    if data not in ONE_OF_EACH:
        return None
    value = getattr(getattr(asset, data), ONE_OF_EACH[data])
    raw = value if isinstance(value, bytes) else value.encode()
    return ("asset", data, hashlib.sha256(raw).hexdigest())
