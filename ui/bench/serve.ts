import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";
import type { GraphDto } from "../src/api/dto";
import { layOut } from "../src/screens/graph/layout/layout";
import { size } from "../src/screens/graph/layout/types";
import { readGraph } from "../src/screens/graph/useGraph";
import { noChanges } from "../tests/fixtures/changes";
import { rdsDetail } from "../tests/fixtures/graph";
import { noLocks, noRuns } from "../tests/fixtures/runs";
import { noDraft, noProblems, session, workspace } from "../tests/fixtures/workspace";
import { edited, graphOf, grown, SHOWN } from "./graph";

const types: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".woff2": "font/woff2",
  ".svg": "image/svg+xml",
};

/** One state of the workspace, ready to be sent: as the product asks for it, and as the floor does. */
interface Served {
  graph: Buffer;
  picture: Buffer;
}

/** What an edit does to the served workspace; each is taken back by an undo. */
export type Edit = "change" | "add";

export interface Bench {
  url: string;
  /** Serves a workspace of so many units from now on. */
  show(units: number): void;
  /** Which edit the next redo makes. */
  arm(edit: Edit): void;
  close(): Promise<void>;
}

/** The nodes and edges of the same picture, for a React Flow that computes nothing of its own. */
function pictureOf(graph: GraphDto): Buffer {
  const view = readGraph(graph);
  const layout = layOut({
    units: view.units,
    links: view.edges,
    environments: view.environments,
    folded: [],
  });
  const failed = new Set(view.units.filter((unit) => unit.id === SHOWN && unit.status === "failed").map((u) => u.id));
  const nodes = layout.units.map(({ id, x, y }) => ({
    id,
    position: { x, y },
    data: { label: failed.has(id) ? `${id} failed` : id },
    className: failed.has(id) ? "failed" : "",
    ...size.node,
  }));
  const edges = view.edges.map(({ source, target }) => ({ id: `${source}>${target}`, source, target }));
  return Buffer.from(JSON.stringify({ nodes, edges }));
}

function served(graph: GraphDto): Served {
  return { graph: Buffer.from(JSON.stringify(graph)), picture: pictureOf(graph) };
}

/** Serves the built product and the floor, with answers made beforehand: what is measured is the page. */
export async function serve(product: string, bare: string): Promise<Bench> {
  let before: Served | null = null;
  let after: Record<Edit, Served> | null = null;
  let armed: Edit = "change";
  let done = false;
  const now = () => (done ? after?.[armed] : before) ?? null;
  const json = (response: ServerResponse, body: unknown) => {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(body instanceof Buffer ? body : JSON.stringify(body));
  };
  const answers: [RegExp, () => unknown][] = [
    [/^\/api\/session$/, () => session],
    [/^\/api\/workspace$/, () => workspace],
    [/^\/api\/problems$/, () => noProblems],
    [/^\/api\/graph$/, () => now()?.graph],
    [/^\/bare\/picture$/, () => now()?.picture],
    [/^\/api\/units\//, () => rdsDetail],
    [/^\/api\/draft(\/(undo|redo))?$/, () => noDraft],
    [/^\/api\/changes$/, () => noChanges],
    [/^\/api\/runs$/, () => noRuns],
    [/^\/api\/locks$/, () => noLocks],
  ];
  const file = (response: ServerResponse, folder: string, path: string) => {
    const wanted = join(folder, path);
    const found = existsSync(wanted) && statSync(wanted).isFile() ? wanted : join(folder, "index.html");
    response.writeHead(200, { "content-type": types[extname(found)] ?? "application/octet-stream" });
    createReadStream(found).pipe(response);
  };
  const server = createServer((request, response) => {
    const path = normalize(new URL(request.url ?? "/", "http://localhost").pathname);
    if (path === "/api/events") {
      response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
      response.write(`id: ${workspace.position}\nevent: batch\ndata: []\n\n`);
      return;
    }
    if (request.method === "POST" && path === "/api/draft/redo") done = true;
    if (request.method === "POST" && path === "/api/draft/undo") done = false;
    const answer = answers.find(([pattern]) => pattern.test(path));
    if (answer !== undefined) json(response, answer[1]());
    else if (path.startsWith("/api/")) {
      response.writeHead(501, { "content-type": "application/json" });
      response.end(
        JSON.stringify({ code: "no-fixture", message: `Nothing answers ${path}`, hint: "", diagnostics: [] }),
      );
    } else if (path.startsWith("/bare/")) file(response, bare, path.slice("/bare".length));
    else file(response, product, path);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    show(units) {
      const graph = graphOf(units);
      before = served(graph);
      after = { change: served(edited(graph)), add: served(grown(graph)) };
      done = false;
    },
    arm(edit) {
      armed = edit;
      done = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
