"""README.txt of a dossier."""

README = """\
DOSSIER OF AN ALERT

The records cited here show a potential conflict of interest. Whether there is
one, people decide: nobody named here is accused of anything.

dossier.pdf             the alert in words
alert.json              the alert as it was logged (canonical JSON, RFC 8785)
explanation.json        why it stands
events/<n>.json         each record that it cites, as a CloudEvent
events/<n>.receipt.json proof that the record came in unaltered
log/<index>.json        what the log committed to: salt and document
log/<index>.tlog-proof  proof that the commitment is in the log
attachments/            files that reviewers added
log.vkey                the key of the log
manifest.json           SHA-256 of every file above
manifest.tlog-proof     proof that the manifest is in the log

HOW TO CHECK

    aiqyn verify-dossier FILE --key KEY

needs neither database nor network. KEY is the log's verifier key as its keeper
published it; without --key the file's own log.vkey is used, which shows that
the file is whole, not whose it is.

Without this program: each .tlog-proof is a file of c2sp.org/tlog-proof@v1 with
a signed checkpoint (Ed25519). Its `extra` is the leaf, JSON with `commit`:
  alert, action, refusal   SHA-256 of the salt, then the document as RFC 8785
  dossier                  SHA-256 of manifest.json
  events                   RFC 6962 root over one batch; an entry is the salt,
                           then the SHA-256 of the canonical JSON of source, id,
                           type, time and data of the record
Salts and documents that are null were erased by order; their leaves remain.
"""
