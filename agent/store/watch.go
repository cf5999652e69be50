package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/fsnotify/fsnotify"
)

// Changes that follow each other within calm are told as one; a storm of them
// is told again after every storm.
const (
	calm  = 2 * time.Millisecond
	storm = 200 * time.Millisecond
)

// Watch calls changed once when it watches, and then after each change of
// host's plan, until ctx ends; it returns ctx's error. It sees whatever makes
// the path lead to another content: a file that is written or renamed into
// place, a folder that is made, removed or renamed at any height, a symbolic
// link on the way that is set anew. A reader that reads within changed misses
// nothing. Calls may be more than changes.
//
// Every 10 s it looks by itself, for what the kernel does not tell: changes by
// others on a network file system, and all changes where inotify has no room
// left. The latter is said in the log.
func (d *Dir) Watch(ctx context.Context, host string, changed func()) error {
	return d.watch(ctx, plans, host, changed)
}

// watch is Watch of host's file in a folder.
func (d *Dir) watch(ctx context.Context, folder, host string, changed func()) error {
	if err := checkHost(host); err != nil {
		return fmt.Errorf("watch %s: %w", folder, err)
	}
	w := watch{dir: d, path: d.file(folder, host)}
	w.begin()
	defer func() { w.close() }()
	for ctx.Err() == nil {
		changed()
		w.next(ctx)
	}
	return ctx.Err()
}

// watch is one Watch. At every change it begins anew, rather than keep account
// of which directories came and went.
type watch struct {
	dir     *Dir
	path    string
	trail   trail
	watcher *fsnotify.Watcher // nil: inotify has no room left
	problem bool              // the trail is not watched, or not all of it
}

// begin watches the trail of the path as it is now. The watcher that was there
// ends when the new one has begun, so that no change falls between them.
func (w *watch) begin() {
	old := *w
	defer func() { old.close() }()
	for range 10 { // one that changes all the time is found at the next look
		w.trail = follow(w.path)
		var err error
		w.watcher, err = w.trail.watch()
		w.say(err)
		if follow(w.path).sameWay(w.trail) {
			return
		}
		w.close()
	}
}

// next returns after a change, when things are calm again and what is there
// then is watched, or when ctx ends.
func (w *watch) next(ctx context.Context) {
	for ctx.Err() == nil {
		if w.told(ctx, w.dir.poll) {
			for end := time.Now().Add(storm); time.Now().Before(end) && w.told(ctx, calm); {
			}
			w.begin()
			return
		}
		was := w.trail
		w.begin()
		if !was.sameWay(w.trail) || was.file != w.trail.file {
			return
		}
	}
}

// told waits for a change that concerns the trail, and reports whether there
// was one before the patience or ctx ended.
func (w *watch) told(ctx context.Context, patience time.Duration) bool {
	var events chan fsnotify.Event
	var errs chan error
	if w.watcher != nil {
		events, errs = w.watcher.Events, w.watcher.Errors
	}
	end := time.NewTimer(patience)
	defer end.Stop()
	for {
		select {
		case e := <-events:
			if w.trail.concerns(e.Name) {
				return true
			}
		case <-errs: // events were lost
			return true
		case <-end.C:
			return false
		case <-ctx.Done():
			return false
		}
	}
}

// say logs that watching failed, or works again, when that is news.
func (w *watch) say(err error) {
	switch {
	case err != nil && !w.problem:
		w.dir.Log.Warn("a file of the store is not watched, but looked at now and then", "path", w.path, "every", w.dir.poll, "error", err)
	case err == nil && w.problem:
		w.dir.Log.Info("the file is watched again", "path", w.path)
	}
	w.problem = err != nil
}

// close ends the watcher, if there is one.
func (w *watch) close() {
	if w.watcher != nil {
		_ = w.watcher.Close()
		w.watcher = nil
	}
}

// watch watches all directories of the trail. The watcher is nil when there can
// be none; with another error it watches some of them.
func (t trail) watch() (*fsnotify.Watcher, error) {
	w, err := fsnotify.NewBufferedWatcher(64)
	if err != nil {
		return nil, fmt.Errorf("inotify: %w", err)
	}
	var errs []error
	for _, s := range t.steps {
		if err := w.Add(s.dir); err != nil {
			errs = append(errs, fmt.Errorf("inotify: %s: %w", s.dir, err))
		}
	}
	return w, errors.Join(errs...)
}
