"""Where no model is connected: texts from a template, so that nothing waits for one."""

from umschlag.intelligence.content.template import TemplateWriter

__all__ = ["TemplateWriter"]
