import { useTranslation } from "react-i18next";
import { Icon } from "../../parts/Icon";
import { useArranging, usePlaces } from "./usePlaces";

/** Says that places are not known or not kept, and why; never hidden while it is so. */
export function PlacesLine() {
  const { t } = useTranslation("author");
  const places = usePlaces();
  const failure = useArranging((state) => state.failure);
  const problem = places.data?.problem ?? places.error?.message ?? null;
  if (problem === null && failure === null) return null;
  return (
    <div className="places-line warn cc" role="status">
      <Icon name="warn" />
      <span>
        {problem !== null && t("places.problem", { why: problem })}
        {problem === null && failure !== null && t("places.failure", { why: failure.message })}
      </span>
    </div>
  );
}
