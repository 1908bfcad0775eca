"""Our JSON Schemas (draft 2020-12), one for the data of each event type, generated from the readers.

`python -m aiqyn.schemas.json_schemas` writes them beside this file. A schema takes exactly what the reader of
that type takes; every field has its class (`x-class`: public, restricted, secret).
"""

from aiqyn.schemas.json_schemas.build import SchemaObject, build, file_name, folder, text

__all__ = ["SchemaObject", "build", "file_name", "folder", "text"]
