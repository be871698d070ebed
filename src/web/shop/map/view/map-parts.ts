/* What the page of an event loads beside the layout, in one file: nothing before needs it. */
export { Advice } from './advice.tsx';
export { SeatMapView } from './seat-map-view.tsx';
export { SeatStore } from '../../seats/seat-store.ts';
