import "@fontsource-variable/inter/index.css";
import "@fontsource-variable/jetbrains-mono/index.css";
import "../styles/tokens.css";
import "../styles/frame.css";
import "../styles/controls.css";
import "../styles/parts.css";
import "../styles/forms.css";
import "../styles/files.css";
import "../styles/overlays.css";
import "../styles/text.css";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError, makeApi } from "../api/client";
import { sessionQuery } from "../api/workspace";
import { startI18n } from "../i18n/i18n";
import { Sprite } from "../parts/Icon";
import { type Platform, PlatformContext } from "../platform/platform";
import { applyPrefs } from "../state/prefs";
import { makeRouter } from "./router";

/** Mounts the app on `#root` over one platform. */
export function start(platform: Platform): void {
  const host = document.getElementById("root");
  if (host === null) throw new Error("index.html has no #root");
  applyPrefs();
  startI18n();
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Number.POSITIVE_INFINITY, // the event stream says when an answer is old
        refetchOnWindowFocus: false,
        retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status < 500),
      },
    },
  });
  void client.prefetchQuery(sessionQuery(makeApi(platform)));
  const router = makeRouter(platform.shell);
  createRoot(host).render(
    <StrictMode>
      <PlatformContext value={platform}>
        <QueryClientProvider client={client}>
          <Sprite />
          <RouterProvider router={router} />
        </QueryClientProvider>
      </PlatformContext>
    </StrictMode>,
  );
}
