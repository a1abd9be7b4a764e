// SPDX-License-Identifier: Apache-2.0
// worlds.mjs - manifests that the page is tried with.

// A rollout with a Service, a client and an outage.
export const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: main
        image: example/web:1
        ports: [{containerPort: 8080}]
        readinessProbe: {httpGet: {path: /ready, port: 8080}, periodSeconds: 5}
        livenessProbe: {httpGet: {path: /healthz, port: 8080}, periodSeconds: 10}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: podring.dev/v1
kind: Client
metadata: {name: shopper, namespace: shop}
spec: {url: "http://web:80/cart", rate: 20, report: 1s}
---
apiVersion: podring.dev/v1
kind: Behavior
metadata: {name: outage, namespace: shop}
spec:
  selector: {matchLabels: {app: web}}
  instances:
  - serve:
    - {from: 60s, to: 80s, path: /ready, status: 503}
    - {from: 5m, to: 6m, path: /healthz, do: hang}
---
apiVersion: podring.dev/v1
kind: Scenario
metadata: {name: drill}
spec:
  steps:
  - {at: 3m, setImage: deployment/web, namespace: shop, container: main, image: "example/web:2"}
`;

// So many pods of a Deployment, and one that crashes. The image needs no probe.
export const many = (replicas) => `
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: c, image: nginx}]}
---
apiVersion: podring.dev/v1
kind: Behavior
metadata: {name: one}
spec:
  selector: {matchLabels: {app: web}}
  pods: [7]
  instances: [{exit: {after: 2s, code: 1}}]
`;

// Does not answer its probe from 20 s on, and does not hear SIGTERM.
export const deaf = `
apiVersion: v1
kind: Pod
metadata: {name: deaf}
spec:
  terminationGracePeriodSeconds: 30
  containers:
  - name: c
    image: nginx
    livenessProbe: {httpGet: {port: 80}, periodSeconds: 10, failureThreshold: 1}
---
apiVersion: podring.dev/v1
kind: Behavior
metadata: {name: deaf}
spec:
  instances: [{onStop: ignore, serve: [{from: 15s, status: 500}]}, {}]
`;

// What a program says is to be text, whatever it looks like.
export const said = '</script><script>alert(1)</script><!--&amp;"\'\\\u2028<b>';
export const hostile = `
apiVersion: v1
kind: Pod
metadata:
  name: p
  labels: {app: x}
spec:
  restartPolicy: Never
  containers:
  - name: c
    image: "nginx"
    terminationMessagePolicy: FallbackToLogsOnError
    command: [sh, -c, ${JSON.stringify("printf '%s' '" + said.replace(/'/g, "'\\''") + "'; exit 3")}]
`;

export const empty = `
apiVersion: v1
kind: ConfigMap
metadata: {name: nothing}
data: {a: b}
`;
