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
export function StatusBadge(props: StatusBadgeProps) {
  const { t } = useTranslation("parts");
  return <StatusMark {...props} word={t(`status.${props.status}`)} />;
}

/** The same with its word at hand: where hundreds stand on one screen, each does not look it up. */
export function StatusMark({ status, detail, chip = false, title, word }: StatusBadgeProps & { word: string }) {
  return (
    <span className={`st ${toneOf(status)}${chip ? " chip" : ""}`} title={title}>
      <Icon name={iconOf(status)} className={status === "applying" ? "spin" : undefined} />
      <span className="ell">{detail === undefined ? word : `${word}, ${detail}`}</span>
    </span>
  );
}
