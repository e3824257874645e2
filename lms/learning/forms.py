"""What a learner types into the pages that join features."""

from lms.catalog.outline import CourseView


def matching(course: CourseView, words: str) -> bool:
    """Tell whether the course answers a search: each word stands somewhere in its outline."""
    texts = [course.title, course.summary, *course.outcomes]
    texts += [lesson.title for lesson in course.lessons]
    haystack = " ".join(value for text in texts for value in text.values()).casefold()
    return all(word in haystack for word in words.casefold().split())
