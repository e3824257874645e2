"""Pages of instructors: their courses, one course, one lesson with its video."""

from lms.studio.views.captions import bp as captions
from lms.studio.views.courses import bp as courses
from lms.studio.views.from_files import bp as from_files
from lms.studio.views.lessons import bp as lessons
from lms.studio.views.uploads import bp as uploads
from lms.studio.views.videos import bp as videos

BLUEPRINTS = (courses, lessons, videos, captions, uploads, from_files)
