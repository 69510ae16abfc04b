/** A Composition of its own for a module, made in a lane; or a module into one that is there. */
export interface Placed {
  ref: string;
  /** What the module is called, where its path does not say it. */
  module?: string;
  into: { lane: string; name: string } | { composition: string };
}

export interface Wire {
  from: string;
  to: string;
  /** None: order without data. */
  ports: { output: string; input: string } | null;
}

/** Layers an input can be written to, as the form offers them. */
export type Place = "composition" | "environment-module";

/** What a person does in the window, whatever their hands are on. */
export interface Drawing {
  open(folder: string): Promise<void>;
  environment(name: string): Promise<void>;
  add(placed: Placed): Promise<void>;
  connect(wire: Wire): Promise<void>;
  input(unit: string, field: string, place: Place, value: string): Promise<void>;
  policy(unit: string, field: string, value: string): Promise<void>;
  /** Lines into the text of an Environment, below the line that reads `below`. */
  write(environment: string, below: string, lines: string[]): Promise<void>;
  exportToGit(title: string, message: string): Promise<void>;
}

/** The sample's `prod`, step by step; `root` is the folder its playbooks write to. */
export async function drawProd(hand: Drawing, root: string): Promise<void> {
  await hand.environment("prod");
  for (const placed of placedModules) await hand.add(placed);
  for (const wire of wires) await hand.connect(wire);
  for (const [unit, field, place, value] of inputsOf(root)) await hand.input(unit, field, place, value);
  for (const unit of ["prod/cluster/cluster", "prod/orders-db/database"])
    await hand.policy(unit, "backup", "config-snapshot");
  await hand.write("prod", "spec:", head);
}

const placedModules: Placed[] = [
  { ref: "modules/network", into: { lane: "Foundation", name: "network" } },
  { ref: "modules/cluster", into: { lane: "K8s", name: "cluster" } },
  { ref: "modules/database", into: { lane: "PaaS", name: "orders-db" } },
  { ref: "playbooks/shop/deploy.yml", module: "deploy", into: { lane: "Applications", name: "shop" } },
  { ref: "modules/dns-record", module: "dns", into: { composition: "shop" } },
  { ref: "playbooks/node-agent/install.yml", module: "node-agent", into: { lane: "Config", name: "fleet" } },
];

const wires: Wire[] = [
  wire("network/network", "network_id", "cluster/cluster", "network_id"),
  wire("network/network", "subnet_ids", "orders-db/database", "subnet_ids"),
  { from: "prod/cluster/cluster", to: "prod/orders-db/database", ports: null },
  wire("orders-db/database", "connection", "shop/deploy", "database_url"),
  wire("shop/deploy", "address", "shop/dns", "target"),
  wire("cluster/cluster", "endpoint", "fleet/node-agent", "cluster_endpoint"),
];

function wire(from: string, output: string, to: string, input: string): Wire {
  return { from: `prod/${from}`, to: `prod/${to}`, ports: { output, input } };
}

function inputsOf(root: string): [string, string, Place, string][] {
  return [
    ["prod/network/network", "zones", "composition", "2"],
    ["prod/network/network", "cidr", "environment-module", "10.20.0.0/16"],
    ["prod/cluster/cluster", "node_count", "environment-module", "3"],
    ["prod/orders-db/database", "engine_version", "composition", "15"],
    ["prod/orders-db/database", "storage_gb", "composition", "20"],
    ["prod/orders-db/database", "storage_gb", "environment-module", "200"],
    ["prod/shop/deploy", "replicas", "composition", "1"],
    ["prod/shop/deploy", "root", "environment-module", `${root}/prod/shop`],
    ["prod/shop/deploy", "replicas", "environment-module", "3"],
    ["prod/shop/dns", "record", "composition", "shop"],
    ["prod/fleet/node-agent", "log_level", "composition", "info"],
    ["prod/fleet/node-agent", "root", "environment-module", `${root}/prod/nodes`],
  ];
}

/** What has no form: who must agree, and the machines. */
const head = `  protection:
    approval: approve
    allowDestroy: confirm
  approvers:
    platform: 1
    security: 1
  hosts:
    - name: localhost
      address: 127.0.0.1
      vars:
        ansible_connection: local
      labels:
        role: node`.split("\n");
