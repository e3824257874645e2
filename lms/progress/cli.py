"""Commands that run the counting arithmetic outside the site."""

import json
from pathlib import Path

import click
import yaml
from flask.cli import AppGroup

cli = AppGroup("progress", help="How study time is counted.")
