// The wire types of the API, generated from its OpenAPI document (`make types`).
export type * from "./gen";
