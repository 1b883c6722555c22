/** The studio's doors in the form `openapi-fetch` reads. */
import type * as S from './shapes';

type Json<T> = { content: { 'application/json': T } };
type Path<P> = { path: { [name in keyof P]: P[name] } };
type Call<Answer, Body, Params, Query> = {
  parameters: { query?: Query; header?: { 'Idempotency-Key'?: string } } & Params;
  responses: { 200: Json<Answer> };
} & (Body extends undefined ? { requestBody?: never } : { requestBody: Json<Body> });
type Get<Answer, Params = unknown, Query = never> = Call<Answer, undefined, Params, Query>;
type Send<Body, Answer = unknown, Params = unknown> = Call<Answer, Body, Params, never>;

type Org = Path<{ organisation: string }>;
type Prj = Path<{ project: string }>;
type File = Path<{ project: string; file: string }>;
type JobId = Path<{ job: string }>;
type PrinterId = Path<{ printer: string }>;
type Empty = undefined;
interface SetUp {
  secret: string;
  name: string;
  email: string;
  password: string;
}
interface Accept {
  secret: string;
  name?: string;
  email?: string;
  password?: string;
}
interface Invite {
  role: S.Role;
  email?: string;
  project?: string;
  project_role?: S.Role;
}
type OrgMember = Path<{ organisation: string; person: string }>;
type PrjMember = Path<{ project: string; person: string }>;

export type paths = {
  '/api/setup': { get: Get<{ open: boolean }>; post: Send<SetUp, S.Me> };
  '/api/links': { post: Send<{ secret: string }, S.LinkFacts> };
  '/api/session': {
    post: Send<{ email: string; password: string } | { link: string }, S.Me>;
    delete: Send<Empty>;
  };
  '/api/sessions': { get: Get<S.Session[]> };
  '/api/sessions/{session}': { delete: Send<Empty, unknown, Path<{ session: string }>> };
  '/api/session/organisation': { put: Send<{ organisation: string }, S.Me> };
  '/api/me': { get: Get<S.Me>; put: Send<{ name: string }, S.Me> };
  '/api/me/password': { put: Send<{ current: string; new: string }> };
  '/api/password-resets': { post: Send<{ secret: string; password: string }, S.Me> };
  '/api/invitations/acceptance': { post: Send<Accept, S.Me> };
  '/api/organisations/{organisation}/members': { get: Get<{ members: S.Member[] }, Org> };
  '/api/organisations/{organisation}/members/{person}': {
    put: Send<{ role: S.Role }, unknown, OrgMember>;
    delete: Send<Empty, unknown, OrgMember>;
  };
  '/api/organisations/{organisation}/members/{person}/password-reset': {
    post: Send<Empty, S.Link, OrgMember>;
  };
  '/api/organisations/{organisation}/invitations': {
    get: Get<{ invitations: S.Invitation[] }, Org>;
    post: Send<Invite, { invitation: S.Invitation; link: string }, Org>;
  };
  '/api/organisations/{organisation}/invitations/{invitation}': {
    delete: Send<Empty, unknown, Path<{ organisation: string; invitation: string }>>;
  };
  '/api/projects': {
    get: Get<{ projects: S.Project[] }>;
    post: Send<{ name: string }, S.Project>;
  };
  '/api/projects/{project}': {
    get: Get<S.Project, Prj>;
    put: Send<{ name: string }, S.Project, Prj>;
    delete: Send<Empty, unknown, Prj>;
  };
  '/api/projects/{project}/members': { get: Get<{ members: S.Member[] }, Prj> };
  '/api/projects/{project}/members/{person}': {
    put: Send<{ role: S.Role }, unknown, PrjMember>;
    delete: Send<Empty, unknown, PrjMember>;
  };
  '/api/projects/{project}/files': {
    get: Get<{ files: S.ProjectFile[]; next?: string | null }, Prj, { after?: string }>;
  };
  '/api/projects/{project}/files/{file}': {
    get: Get<S.ProjectFile, File>;
    delete: Send<Empty, unknown, File>;
  };
  '/api/projects/{project}/files/{file}/versions': { get: Get<{ versions: S.Version[] }, File> };
  '/api/projects/{project}/files/{file}/check': { get: Get<S.Check, File> };
  '/api/projects/{project}/print/estimates': { post: Send<S.EstimateWanted, S.Estimate, Prj> };
  '/api/projects/{project}/print/jobs': {
    get: Get<S.JobsPage, Prj, { after?: string }>;
    post: Send<S.PrintWanted, S.Job, Prj>;
  };
  '/api/flag': { get: Get<S.Printing>; put: Send<{ on: boolean }, S.Printing> };
  '/api/audit': {
    get: Get<{ entries: S.AuditEntry[]; next?: number | null }, unknown, { after?: number }>;
  };
  '/api/print/choices': { get: Get<S.Choices> };
  '/api/print/printers': { get: Get<S.Printer[]> };
  '/api/print/printers/{printer}': { get: Get<S.Printer, PrinterId> };
  '/api/print/printers/{printer}/bed-clearance': { put: Send<object, unknown, PrinterId> };
  '/api/print/printers/{printer}/loaded': {
    put: Send<{ material: S.Material | null }, unknown, PrinterId>;
  };
  '/api/print/printers/{printer}/emergency-stop': { post: Send<Empty, unknown, PrinterId> };
  '/api/print/printers/{printer}/heaters-off': { post: Send<Empty, unknown, PrinterId> };
  '/api/print/queue': { get: Get<S.Queue> };
  '/api/print/jobs': { get: Get<S.JobsPage, unknown, { after?: string }> };
  '/api/print/jobs/{job}': { get: Get<S.JobDetail, JobId> };
  '/api/print/jobs/{job}/cancellation': { post: Send<Empty, unknown, JobId> };
  '/api/print/jobs/{job}/pause': {
    put: Send<Empty, unknown, JobId>;
    delete: Send<Empty, unknown, JobId>;
  };
  '/api/print/jobs/{job}/hold': {
    put: Send<Empty, unknown, JobId>;
    delete: Send<Empty, unknown, JobId>;
  };
  '/api/print/jobs/{job}/start': { post: Send<Empty, unknown, JobId> };
  '/api/print/copies/{copy}/settlement': {
    post: Send<{ outcome: S.SettledAs }, unknown, Path<{ copy: string }>>;
  };
  '/api/print/bridges': { get: Get<S.Bridge[]>; post: Send<{ name: string }, S.BridgeCode> };
  '/api/print/bridges/{bridge}': { delete: Send<Empty, unknown, Path<{ bridge: string }>> };
};
