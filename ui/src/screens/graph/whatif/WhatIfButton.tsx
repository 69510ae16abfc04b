import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { DraftDto } from "../../../api/dto";
import { Button } from "../../../parts/controls";
import { Icon } from "../../../parts/Icon";
import { useWhatIf } from "./useWhatIf";
import { WhatIfSheet } from "./WhatIfSheet";

/** In the draft bar: how many units the edits affect and whether a policy denies them; behind it, what they would mean. */
export function WhatIfButton({ draft, onSelect }: { draft: DraftDto; onSelect: (unit: string) => void }) {
  const { t } = useTranslation("graph");
  const [open, setOpen] = useState(false);
  const whatIf = useWhatIf(draft.files.length > 0);
  const denials = whatIf.data?.policies.filter((policy) => policy.outcome === "deny").length ?? 0;
  const people = Math.max(0, ...(whatIf.data?.approvals.map((need) => need.people) ?? []));
  return (
    <>
      <Button
        kind="gho"
        onClick={() => setOpen(true)}
        reason={whatIf.data === undefined ? (whatIf.error?.message ?? t("whatIf.waiting")) : undefined}
      >
        {t("draft.affects", { count: whatIf.data?.units.length ?? draft.units.length })}
      </Button>
      {denials > 0 ? (
        <span className="bad cc nw m">
          <Icon name="bad" /> {t("whatIf.denials", { count: denials })}
        </span>
      ) : (
        people > 0 && (
          <span className="sec nw">
            {whatIf.data?.solo === true ? t("whatIf.solo") : t("whatIf.people", { count: people })}
          </span>
        )
      )}
      {open && whatIf.data !== undefined && (
        <WhatIfSheet whatIf={whatIf.data} onSelect={onSelect} onClose={() => setOpen(false)} />
      )}
    </>
  );
}
