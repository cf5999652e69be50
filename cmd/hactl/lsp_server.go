package main

import (
	"context"
	"errors"
	"io"
	"sync"

	"hactl/lang/lsp"

	"github.com/creachadair/jrpc2"
)

// languageServer runs a session between an editor and an analyst. Requests are
// answered in order, one at a time; the analyst works beside them, always on the
// newest state of a folder.
type languageServer struct {
	rpc     *jrpc2.Server
	analyst *lsp.Analyst
	wake    chan struct{}
	ended   chan struct{} // closed when the editor says exit

	mu      sync.Mutex // of what follows
	session *lsp.Session
	waiting map[string]*lsp.Snapshot // by folder
	leaving sync.Once                // the editor says exit
}

func newLanguageServer(session *lsp.Session, analyst *lsp.Analyst) *languageServer {
	s := &languageServer{analyst: analyst, wake: make(chan struct{}, 1), ended: make(chan struct{}), session: session, waiting: map[string]*lsp.Snapshot{}}
	s.rpc = jrpc2.NewServer(s, &jrpc2.ServerOptions{AllowPush: true, DisableBuiltin: true, Concurrency: 1})
	return s
}

// serve answers until the editor ends the session, or its messages end.
func (s *languageServer) serve(in io.Reader, out io.Writer) error {
	s.rpc.Start(newFrames(in, out))
	ctx, cancel := context.WithCancel(context.Background())
	analysed := make(chan struct{})
	go func() {
		s.analyse(ctx)
		close(analysed)
	}()
	gone := make(chan error, 1)
	go func() { gone <- s.rpc.Wait() }()
	var err error
	select {
	case <-s.ended:
	case err = <-gone: // perhaps right behind exit
	}
	cancel()
	<-analysed
	return s.verdict(err)
}

// verdict returns how the session ended; err is what its messages ended with.
func (s *languageServer) verdict(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch ended, proper := s.session.Ended(); {
	case proper:
		return nil
	case ended:
		return errors.New("the editor left without a shutdown")
	case err == nil:
		return errors.New("the editor went away without a shutdown")
	}
	return err
}

// Assign returns the handler of a method, the same for all.
func (s *languageServer) Assign(context.Context, string) jrpc2.Handler { return s.handle }

// handle hands one message to the session.
func (s *languageServer) handle(ctx context.Context, r *jrpc2.Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result, err := s.session.Handle(r.Method(), []byte(r.ParamString()))
	if r.Method() == "initialized" {
		s.askForWatches()
	}
	changed, closed := s.session.Changed()
	for _, c := range changed {
		s.waiting[c.Key] = c
	}
	s.tell(closed)
	if len(changed) > 0 {
		s.wakeAnalyst()
	}
	if ended, _ := s.session.Ended(); ended {
		s.leaving.Do(func() { close(s.ended) })
	}
	if e, ok := errors.AsType[*lsp.Error](err); ok {
		return nil, &jrpc2.Error{Code: jrpc2.Code(e.Code), Message: e.Message}
	}
	return result, err
}

// askForWatches asks the editor to report files that change on disk.
func (s *languageServer) askForWatches() {
	if params := s.session.Watches(); params != nil {
		go s.rpc.Callback(context.Background(), "client/registerCapability", params) // an editor that refuses reports nothing
	}
}

// tell sends findings to the editor. One that has gone away needs none.
func (s *languageServer) tell(all []lsp.Published) {
	for _, p := range all {
		_ = s.rpc.Notify(context.Background(), "textDocument/publishDiagnostics", p)
	}
}

// analyse looks at folders that have changed until ctx is done.
func (s *languageServer) analyse(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		}
		for next := s.next(); next != nil && ctx.Err() == nil; next = s.next() {
			found := s.analyst.Diagnose(next)
			s.mu.Lock()
			s.tell(s.session.Publish(next, found))
			s.mu.Unlock()
		}
	}
}

// next takes a folder that waits, nil when there is none.
func (s *languageServer) next() *lsp.Snapshot {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.analyst.Keep(s.session.Folders())
	for key, snapshot := range s.waiting {
		delete(s.waiting, key)
		return snapshot
	}
	return nil
}

// wakeAnalyst makes the analyst look for folders that wait.
func (s *languageServer) wakeAnalyst() {
	select {
	case s.wake <- struct{}{}:
	default: // it will look anyway
	}
}
