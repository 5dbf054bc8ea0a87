"""An RTSP server that sends a sound file, uncompressed, to whoever listens, from its start.

    /usr/bin/python3 rtsp_server.py WAV PORT BITS [udp]

Needs GStreamer, which Debian's own Python knows. It prints its address once it
can be reached; port 0 is any that is free. With ``udp``, it refuses TCP.
"""

import sys

import gi  # pyright: ignore

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")

from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

SOUND = "( filesrc location={} ! wavparse ! audioconvert ! {} name=pay0 pt=96 )"
PAYLOADS = {"16": "rtpL16pay", "24": "rtpL24pay"}


def main(wav: str, port: str, bits: str, *only: str) -> None:
    """Serve until killed."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(SOUND.format(wav, PAYLOADS[bits]))
    if only:
        factory.set_protocols(GstRtsp.RTSPLowerTrans.UDP)
    server.get_mount_points().add_factory("/live", factory)
    server.attach(None)
    sys.stdout.write(f"rtsp://127.0.0.1:{server.get_bound_port()}/live\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main(*sys.argv[1:])
