# What this project can do, one line each; "make help" lists it.
.DEFAULT_GOAL := build
GO ?= go
PACKAGES := keepalived nftables nginx haproxy tcpdump iproute2 openssh-server openssh-client neovim systemd wrk prometheus
FUZZTIME ?= 30s
# Packages whose tests build networks run one after the other: they count lost
# replies, and share the machine's packet queues.
KERNEL := ./agent ./agent/changeover ./agent/kernel ./agent/netlab ./agent/socket ./agent/store/... ./cmd/...
PURE = $$($(GO) list ./... | grep -vxF "$$($(GO) list $(KERNEL))")

.PHONY: help build test deps demo race lint fuzz netns golden bench docs vscode ci install deb clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

build: ## build ./hactl
	CGO_ENABLED=0 $(GO) build -trimpath -ldflags='-s -w' -o hactl ./cmd/hactl

demo: build ## show an address move between two hosts (root or an ordinary user)
	./hactl demo examples/pair

test: deps ## run every test; tests that lack a capability skip with its name
	$(GO) test $(PURE) && GO=$(GO) sh .ci/kernel $(KERNEL)

deps: ## as root on Debian: install what tests use beyond Go; otherwise name it
	@sh .ci/deps $(PACKAGES)

race: ## run every test with the race detector
	$(GO) test -race $(PURE) && $(GO) test -race -p 1 -timeout 40m $(KERNEL)

lint: ## gofmt, vet, staticcheck, and whether the command line builds elsewhere
	test -z "$$(gofmt -l .)" && $(GO) vet ./... && $$($(GO) -C .ci/tools tool -n staticcheck) ./...
	CGO_ENABLED=0 GOOS=darwin GOARCH=arm64 $(GO) build -o /dev/null ./cmd/hactl

fuzz: ## fuzz every entry point for FUZZTIME each
	sh .ci/fuzz $(FUZZTIME)

netns: deps ## run only the packages whose tests need network namespaces
	$(GO) test -p 1 -timeout 20m -count=1 $(KERNEL)

golden: ## write all expected outputs anew; read the diff
	$(GO) test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n 1 dirname | sort -u) -update && git diff --stat && echo "read the diff"

docs: ## write docs/reference.md, docs/rules, docs/metrics.md and schemas anew, from the tables and types that they show
	$(GO) test ./lang/schema ./lang/rule ./agent/metrics -update && $(GO) test ./cmd/hactl -run "^TestSchemas$$" -update

bench: deps ## measure codec, language, compiler, and hactl beside keepalived, a bare parse and a runbook (2 h)
	$(GO) test -run '^$$' -bench . -benchmem ./agent/packet ./lang ./lang/lsp ./compiler ./compiler/analysis
	$(GO) test -run '^TestSideBySide$$' -count=1 -v -timeout 1h ./agent -rounds 10 -page ../docs/benchmarks.md
	$(GO) test -run '^TestSpeed$$' -count=1 -v -timeout 1h ./cmd/hactl -rounds 9 -page ../../docs/benchmarks.md
	$(GO) test -run '^TestSideBySideLoad$$' -count=1 -v -timeout 2h ./agent -rounds 5 -page ../docs/benchmarks-load.md
	$(GO) test -run '^TestUpgradeBench$$' -count=1 -v -timeout 1h ./agent/changeover -rounds 10 -page ../../docs/benchmarks-upgrade.md

vscode: ## pack the extension for Visual Studio Code (Node and npm)
	cd editors/vscode && npm ci --no-audit --no-fund && npm run package

ci: ## what .ci/run does
	bash .ci/run

install: build ## install hactl and its systemd unit (DESTDIR and PREFIX as usual)
	install -D -m 755 hactl $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/hactl
	install -D -m 644 deploy/hactl.service $(DESTDIR)/etc/systemd/system/hactl.service

deb: ## build a Debian package in dist/ (VERSION as deploy/deb/version says)
	deploy/deb/build $(or $(VERSION),$$(deploy/deb/version)) dist

clean: ## remove what was built
	rm -rf hactl dist
