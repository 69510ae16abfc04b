import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { query, useApi } from "../../../api/client";
import type { DiagnosticDto, EditCheckDto, EditTargetDto, FormDto, OffersDto } from "../../../api/dto";

const unitPath = (id: string) => `/api/units/${id.split("/").map(encodeURIComponent).join("/")}`;

/** The form over one unit's inputs. Its key begins like the unit's, so that what makes the unit stale makes it stale too. */
export function useForm(id: string | null) {
  const api = useApi();
  return useQuery({
    queryKey: ["unit", id, "form"],
    queryFn: ({ signal }) => api.get<FormDto>(`${unitPath(id ?? "")}/form`, signal),
    enabled: id !== null && id !== "" && !id.startsWith("/"),
    retry: false,
  });
}

/** Outputs that could feed an input, found by words. */
export function useOffers(id: string, input: string, words: string, open: boolean) {
  const api = useApi();
  return useQuery({
    queryKey: ["unit", id, "offers", input, words],
    queryFn: ({ signal }) => api.get<OffersDto>(`${unitPath(id)}/offers${query({ input, query: words })}`, signal),
    enabled: open,
    placeholderData: (former) => former,
  });
}

/** A value that follows another one after a pause. */
export function useSettled<T>(value: T, ms = 300): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}

/** What the server says of a value that is not written yet; nothing while it is the one in the document. */
export function useCheck(target: EditTargetDto | null, draft: unknown, changed: boolean): DiagnosticDto[] {
  const api = useApi();
  const text = useSettled(JSON.stringify(draft ?? null));
  const found = useQuery({
    queryKey: ["check", target?.file, target?.pointer, target?.digest, text],
    queryFn: ({ signal }) =>
      api.post<EditCheckDto>(
        "/api/edit/check",
        {
          file: target?.file,
          document: target?.document,
          pointer: target?.pointer,
          baseDigest: target?.digest,
          value: JSON.parse(text),
          remove: false,
        },
        signal,
      ),
    enabled: changed && target !== null && text === JSON.stringify(draft ?? null),
    retry: false,
    gcTime: 10_000,
  });
  return changed ? (found.data?.added ?? []) : [];
}
