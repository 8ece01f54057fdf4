"""What pyproject.toml cannot say: the accelerator is built when there is a compiler, and left out when there is none."""

from setuptools import Extension, setup

setup(ext_modules=[Extension("cellar._speedups", ["src/cellar/_speedups.c"], extra_compile_args=["-O2"], optional=True)])
