import { z } from 'zod';
import { list } from './formats.ts';

const apiRoles = ['http', 'sockets'] as const;

/** What an API process serves: queries, mutations, pages and maps (`http`); subscriptions (`sockets`). */
export type ApiRoles = ReadonlySet<(typeof apiRoles)[number]>;

export const apiRolesSetting = list
  .pipe(z.array(z.enum(apiRoles, 'must be http, sockets, or both, separated by a comma')).min(1))
  .default([...apiRoles]);
