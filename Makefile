.DEFAULT_GOAL := help
unexport PYTHONDONTWRITEBYTECODE # a dozen processes start with each run: what one has compiled serves the next
.PHONY: help install prepare run check test prove pictures lock

help: ## 列出所有目标
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: ## 把依赖装进 .venv
	@bin/install

prepare: install ## 准备模型、数据库、知识和索引
	@.venv/bin/wenzheng prepare

run: prepare ## 安装、准备并启动全部服务(Ctrl-C 停止)
	@.venv/bin/wenzheng start

check: install ## 检查代码风格和类型
	@.venv/bin/ruff check
	@.venv/bin/mypy

test: prepare ## 运行全部测试
	@bin/install-browser
	@.venv/bin/python -m pytest -n 3 --dist loadscope

prove: prepare ## 运行耗时的证明
	@bin/install-browser
	@.venv/bin/python -m pytest -m prove

pictures: prepare ## 从运行着的产品拍手册里的图
	@bin/install-browser
	@.venv/bin/python -m tests.handbook_pictures

lock: install ## 按 pyproject.toml 重新锁定依赖
	@bin/uv pip compile pyproject.toml --extra dev --python 3.11 --quiet \
		--no-emit-index-url --no-emit-find-links --no-header --output-file requirements.lock
