import "./first-run.css";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import type { SessionDto } from "../../api/dto";
import { errorCode, useSession } from "../../api/workspace";
import { Button } from "../../parts/controls";
import { Field, TextInput } from "../../parts/Field";
import { Icon, type IconName } from "../../parts/Icon";
import { ErrorState, SkeletonRows } from "../../parts/states";
import { usePlatform } from "../../platform/platform";
import { DoctorLine } from "./DoctorLine";
import { type Open, useOpen } from "./useOpen";

// It brings the text view, which no other part of this screen needs.
const AdoptSheet = lazy(() => import("../adopt/AdoptSheet").then(({ AdoptSheet }) => ({ default: AdoptSheet })));

/** Three doors of equal weight. Opening runs nothing from the repository. */
export function FirstRunScreen() {
  const { t } = useTranslation("first-run");
  const session = useSession();
  const open = useOpen();
  // A repository without documents can become a workspace: what it would get is shown instead of a refusal.
  const asked = open.variables;
  const bare = errorCode(open.error) === "no-config" && asked?.sample === false ? asked.path : null;
  if (session.error !== null && session.data === undefined)
    return <ErrorState error={session.error} onRetry={() => void session.refetch()} />;
  if (session.data === undefined) return <SkeletonRows what={t("waits")} />;
  return (
    <div className="fr-screen">
      <h1>{t("title")}</h1>
      <p className="sec fr-lead">{t("lead")}</p>
      {session.data.problem !== "" && (
        <p className="bad cc fr-problem" role="alert">
          <Icon name="bad" />
          {session.data.problem}
        </p>
      )}
      {open.error !== null && bare === null && <ErrorState error={open.error} compact />}
      <div className="fr-doors">
        <RepositoryDoor session={session.data} open={open} />
        <SampleDoor session={session.data} open={open} />
        <ServerDoor />
      </div>
      <p className="fr-foot sec">
        <Icon name="shield" />
        {t("foot")}
      </p>
      <DoctorLine />
      {bare !== null && (
        <Suspense>
          <AdoptSheet
            path={bare}
            onAdopted={() => open.mutate({ path: bare, sample: false })}
            onClose={() => open.reset()}
          />
        </Suspense>
      )}
    </div>
  );
}

function Door({ icon, title, text, children }: { icon: IconName; title: string; text: string; children: ReactNode }) {
  return (
    <section className="fr-door" aria-label={title}>
      <Icon name={icon} size="m" />
      <h2>{title}</h2>
      <p className="sec">{text}</p>
      {children}
    </section>
  );
}

function RepositoryDoor({ session, open }: { session: SessionDto; open: Open }) {
  const { t } = useTranslation("first-run");
  const platform = usePlatform();
  const [path, setPath] = useState("");
  const go = (to: string) => open.mutate({ path: to, sample: false });
  const browse = () =>
    void platform.openFolderDialog(t("repository.dialog")).then((folder) => {
      if (folder !== null) go(folder);
    });
  return (
    <Door icon="branch" title={t("repository.title")} text={t("repository.text")}>
      {session.recent.length > 0 && (
        <ul className="fr-recent" aria-label={t("repository.recent")}>
          {session.recent.slice(0, 3).map((folder) => (
            <li key={folder}>
              <button
                type="button"
                className="mono ell"
                title={folder}
                disabled={open.isPending}
                onClick={() => go(folder)}
              >
                {folder}
              </button>
            </li>
          ))}
        </ul>
      )}
      <span className="grow" />
      <Field label={t("repository.path")} stacked>
        {(id) => (
          <TextInput
            id={id}
            mono
            value={path}
            onChange={(event) => setPath(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && !event.nativeEvent.isComposing && path.trim() !== "") go(path.trim());
            }}
          />
        )}
      </Field>
      <div className="fr-buttons">
        {platform.canOpenFolders && <Button onClick={browse}>{t("repository.browse")}</Button>}
        <Button
          disabled={open.isPending}
          reason={path.trim() === "" ? t("repository.needPath") : undefined}
          onClick={() => go(path.trim())}
        >
          {t("repository.open")}
        </Button>
      </div>
    </Door>
  );
}

function SampleDoor({ session, open }: { session: SessionDto; open: Open }) {
  const { t } = useTranslation("first-run");
  const [path, setPath] = useState(session.samplePath);
  return (
    <Door icon="graph" title={t("sample.title")} text={t("sample.text")}>
      <span className="grow" />
      <Field label={t("sample.path")} stacked>
        {(id) => <TextInput id={id} mono value={path} onChange={(event) => setPath(event.target.value)} />}
      </Field>
      <div className="fr-buttons">
        <Button
          disabled={open.isPending}
          reason={path.trim() === "" ? t("repository.needPath") : undefined}
          onClick={() => open.mutate({ path: path.trim(), sample: true })}
        >
          {open.isPending && open.variables?.sample === true ? t("sample.making") : t("sample.open")}
        </Button>
      </div>
    </Door>
  );
}

/** Another `xcf serve` is its own address with its own token: it opens beside this window, never inside it. */
function ServerDoor() {
  const { t } = useTranslation("first-run");
  const platform = usePlatform();
  const [address, setAddress] = useState("");
  const good = /^https?:\/\/\S+$/.test(address.trim());
  return (
    <Door icon="link" title={t("server.title")} text={t("server.text")}>
      <span className="grow" />
      <Field label={t("server.address")} stacked>
        {(id) => (
          <TextInput
            id={id}
            mono
            placeholder="http://127.0.0.1:7420/?token=…"
            value={address}
            onChange={(event) => setAddress(event.target.value)}
          />
        )}
      </Field>
      <div className="fr-buttons">
        <Button
          reason={good ? undefined : t("server.needAddress")}
          onClick={() => platform.openExternal(address.trim())}
        >
          {t("server.open")}
        </Button>
      </div>
    </Door>
  );
}
