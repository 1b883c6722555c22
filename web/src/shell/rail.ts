import type { Me } from '../lib/api';
import type { Route } from '../routes';
import { routes } from '../routes';

/** The places of the rail this person is offered. */
export function places(me: Me, group: 'main' | 'admin'): readonly Route[] {
  return routes.filter(
    (route) => route.rail?.group === group && (!route.needs || me.allowed.includes(route.needs)),
  );
}

/** Whether a place is where the page is, or what it belongs to. */
export function isHere(place: Route, route: Route | null): boolean {
  return route !== null && (route.path === place.path || route.under === place.path);
}
