package rehearsal

import "fmt"

// nginxConf is the configuration of an nginx that keeps its files in one folder, and
// answers what Clients ask.
const nginxConf = `user root;
worker_processes 2;
pid %[1]s/nginx.pid;
error_log %[1]s/error.log;
events {}
http {
	access_log off;
	client_body_temp_path %[1]s/body;
	proxy_temp_path %[1]s/proxy;
	fastcgi_temp_path %[1]s/fastcgi;
	uwsgi_temp_path %[1]s/uwsgi;
	scgi_temp_path %[1]s/scgi;
	keepalive_timeout 75s;
	keepalive_requests 1000000;
	server {
		listen %[2]s;
		root %[1]s;
		location = / { return 200 "well\n"; }
		location = /echo {
			proxy_pass http://127.0.0.1:9000;
			proxy_http_version 1.1;
			proxy_set_header Upgrade $http_upgrade;
			proxy_set_header Connection upgrade;
		}
	}
}
`

// NginxConf returns the configuration of an nginx that keeps its files in a folder, with
// its process number in nginx.pid, and listens on HOST:PORT, or PORT of every address. It
// answers what Clients ask: /big has to be in the folder, and an Echo at 127.0.0.1:9000.
func NginxConf(folder, listen string) []byte { return fmt.Appendf(nil, nginxConf, folder, listen) }
