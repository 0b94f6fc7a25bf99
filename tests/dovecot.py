"""A real IMAP server for tests: Debian's Dovecot in a folder of its own, with as many users as are named."""

import copy
import grp
import os
import pwd
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import imap_tools
import pytest

CONFIG = """
base_dir = {base}/run
log_path = {base}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain
{users}
mail_location = maildir:{base}/mail/%u
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 0
first_valid_gid = 0
passdb {{
  driver = static
  args = nopassword=y
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={base}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
}}
service anvil {{
  chroot =
}}
namespace inbox {{
  inbox = yes
  separator = .
  mailbox Enviados {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Borradores {{
    auto = create
    special_use = \\Drafts
  }}
}}
"""


class Dovecot:
    """The server as its user `user` sees it; `url` is that of the mailbox, `maildir` its folder."""

    user = "soporte"

    def __init__(self, base: Path, port: int) -> None:
        self._base, self.port = base, port
        uid, gid = os.getuid(), os.getgid()
        user, group = pwd.getpwuid(uid).pw_name, grp.getgrgid(gid).gr_name
        own = f"default_internal_user = {user}\ndefault_login_user = {user}\ndefault_internal_group = {group}"
        # As root, Dovecot insists on the users of its package, which must reach its sockets.
        mails = pwd.getpwuid(uid) if uid else pwd.getpwnam("nobody")  # root may have no mail
        values = {"base": base, "port": port, "uid": mails.pw_uid, "gid": mails.pw_gid, "users": own if uid else ""}
        base.chmod(0o755)
        (base / "dovecot.conf").write_text(CONFIG.format(**values))
        (base / "mail").mkdir()
        os.chown(base / "mail", mails.pw_uid, mails.pw_gid)

    @property
    def url(self) -> str:
        return f"imap://{self.user}:secreto@127.0.0.1:{self.port}"

    @property
    def maildir(self) -> Path:
        return self._base / "mail" / self.user

    def as_user(self, user: str) -> "Dovecot":
        other = copy.copy(self)
        other.user = user
        return other

    def start(self) -> None:
        command = ["/usr/sbin/dovecot", "-F", "-c", str(self._base / "dovecot.conf")]
        self._process = subprocess.Popen(command, stderr=subprocess.PIPE)
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise AssertionError((self._base / "log").read_text())

    def stop(self) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(30)

    def restart(self, extra: str) -> None:
        self.stop()
        conf = self._base / "dovecot.conf"
        conf.write_text(conf.read_text() + extra)
        self.start()

    def client(self, folder: str | None = "INBOX") -> imap_tools.MailBoxUnencrypted:
        box = imap_tools.MailBoxUnencrypted("127.0.0.1", self.port)
        box.login(self.user, "secreto", initial_folder=folder)
        return box

    def deliver(self, *mails: bytes) -> None:
        with self.client() as box:
            for mail in mails:
                box.append(mail, "INBOX")

    def mails(self, folder: str) -> list[imap_tools.MailMessage]:
        with self.client(None) as box:
            if not box.folder.exists(folder):
                return []
            box.folder.set(folder, readonly=True)
            return list(box.fetch(mark_seen=False))


needs_dovecot = pytest.mark.skipif(
    not shutil.which("dovecot", path="/usr/sbin"), reason="no dovecot: apt-get install dovecot-imapd"
)
