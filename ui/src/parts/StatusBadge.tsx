import { useTranslation } from "react-i18next";
import { Icon } from "./Icon";
import { iconOf, type Status, toneOf } from "./status";

export interface StatusBadgeProps {
  status: Status;
  /** Words after the state: when it ends, how far it is, why it waits. */
  detail?: string;
  /** A filled chip instead of bare icon and word. */
  chip?: boolean;
  title?: string;
}

/** Icon, word, colour: in that order of trust. */
export function StatusBadge({ status, detail, chip = false, title }: StatusBadgeProps) {
  const { t } = useTranslation("parts");
  const word = t(`status.${status}`);
  return (
    <span className={`st ${toneOf(status)}${chip ? " chip" : ""}`} title={title}>
      <Icon name={iconOf(status)} className={status === "applying" ? "spin" : undefined} />
      <span className="ell">{detail === undefined ? word : `${word}, ${detail}`}</span>
    </span>
  );
}
