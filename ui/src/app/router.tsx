import {
  createBrowserHistory,
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from "@tanstack/react-router";
import { ErrorState } from "../parts/states";
import { App } from "./App";
import { NotHere } from "./NotHere";
import { parseQuery, readSearch, writeQuery } from "./search";

const root = createRootRoute({
  component: App,
  validateSearch: readSearch,
  notFoundComponent: NotHere,
  errorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
});

const index = createRoute({
  getParentRoute: () => root,
  path: "/",
  beforeLoad: ({ search }) => {
    throw redirect({ to: "/graph", search, replace: true });
  },
});
const graph = createRoute({
  getParentRoute: () => root,
  path: "/graph",
  component: lazyRouteComponent(() => import("../screens/graph/GraphScreen"), "GraphScreen"),
});
const unit = createRoute({
  getParentRoute: () => root,
  path: "/unit/$env/$composition/$module/{-$tab}",
  beforeLoad: ({ params, search }) => {
    const sel = `${params.env}/${params.composition}/${params.module}`;
    throw redirect({
      to: "/graph",
      search: { ...search, env: params.env, sel },
      hash: params.tab ?? "",
      replace: true,
    });
  },
});
const problems = createRoute({
  getParentRoute: () => root,
  path: "/problems",
  component: lazyRouteComponent(() => import("../screens/problems/ProblemsScreen"), "ProblemsScreen"),
});
const matrix = createRoute({
  getParentRoute: () => root,
  path: "/matrix",
  component: lazyRouteComponent(() => import("../screens/matrix/MatrixScreen"), "MatrixScreen"),
});
const changes = createRoute({
  getParentRoute: () => root,
  path: "/changes",
  component: lazyRouteComponent(() => import("../screens/changes/ChangesScreen"), "ChangesScreen"),
});
const change = createRoute({
  getParentRoute: () => root,
  path: "/change/$id/{-$part}",
  component: lazyRouteComponent(() => import("../screens/changes/ReviewScreen"), "ReviewScreen"),
});
const runs = createRoute({
  getParentRoute: () => root,
  path: "/runs",
  component: lazyRouteComponent(() => import("../screens/run/RunsScreen"), "RunsScreen"),
});
const run = createRoute({
  getParentRoute: () => root,
  path: "/run/$id",
  component: lazyRouteComponent(() => import("../screens/run/RunScreen"), "RunScreen"),
});
const runUnit = createRoute({
  getParentRoute: () => root,
  path: "/run/$id/unit/$env/$composition/$module/{-$part}",
  component: lazyRouteComponent(() => import("../screens/run/RunScreen"), "RunScreen"),
});
const locks = createRoute({
  getParentRoute: () => root,
  path: "/locks",
  component: lazyRouteComponent(() => import("../screens/locks/LocksScreen"), "LocksScreen"),
});
const settings = createRoute({
  getParentRoute: () => root,
  path: "/settings/{-$part}",
  component: lazyRouteComponent(() => import("../screens/settings/SettingsScreen"), "SettingsScreen"),
});
const welcome = createRoute({
  getParentRoute: () => root,
  path: "/welcome",
  component: lazyRouteComponent(() => import("../screens/first-run/FirstRunScreen"), "FirstRunScreen"),
});

const tree = root.addChildren([
  index,
  graph,
  unit,
  problems,
  matrix,
  changes,
  change,
  runs,
  run,
  runUnit,
  locks,
  settings,
  welcome,
]);

/** The desktop window has no server to answer deep paths, so it keeps the path behind a hash. */
export function makeRouter(shell: "browser" | "desktop") {
  return createRouter({
    routeTree: tree,
    history: shell === "desktop" ? createHashHistory() : createBrowserHistory(),
    parseSearch: parseQuery,
    stringifySearch: writeQuery,
    defaultPreload: "intent",
    defaultErrorComponent: ({ error, reset }) => <ErrorState error={error} onRetry={reset} />,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
