import type { EventStatus } from '../../src/generated/prisma/enums.ts';
import type { ExampleVenue } from './example-venues.ts';

/** Its name is unique within its venue. Instants count in days from the last start. */
export interface ExampleEvent {
  readonly venue: ExampleVenue;
  readonly name: string;
  readonly status: EventStatus;
  readonly startsInDays: number;
  readonly onSaleInDays: number;
  readonly seatLimit: number;
  /** In euro cents, by the venue's categories. */
  readonly prices: Readonly<Record<string, number>>;
}

const handball = { VIP: 7_900, 'Kategorie I': 3_200, 'Kategorie II': 2_200 };
const volleyball = { VIP: 5_900, 'Kategorie I': 2_400, 'Kategorie II': 1_600 };
const play = { 'Premium stalls': 6_400, Boxes: 5_600, Stalls: 4_800, 'Dress circle': 4_200, Balcony: 2_400 };
const comedy = {
  'Premium stalls': 4_400,
  Boxes: 3_900,
  Stalls: 3_600,
  'Dress circle': 3_200,
  Balcony: 1_900,
};
const concert = {
  'Front floor': 14_900,
  Floor: 11_900,
  'Lower tier side': 10_900,
  'Lower tier': 9_400,
  'Upper tier': 6_900,
  'Upper tier rear': 4_900,
};
const cupFinal = {
  Hospitality: 34_900,
  Club: 18_900,
  'Category 1': 12_900,
  'Category 2': 8_900,
  'Category 3': 5_900,
  'Category 4': 3_500,
};

/** All names are made up. The first on sale to begin is the handball match in the real hall, the second the one in the stadium. */
export const exampleEvents: readonly ExampleEvent[] = [
  {
    venue: 'Riethsporthalle Erfurt',
    name: 'Handball: SG Steigerwald vs. TV Saaleufer',
    status: 'ON_SALE',
    startsInDays: 10,
    onSaleInDays: -20,
    seatLimit: 8,
    prices: handball,
  },
  {
    venue: 'Riethsporthalle Erfurt',
    name: 'Volleyball derby: VC Cyriaksburg vs. Ilmtal Volleys',
    status: 'ON_SALE',
    startsInDays: 24,
    onSaleInDays: -6,
    seatLimit: 6,
    prices: volleyball,
  },
  {
    venue: 'Riethsporthalle Erfurt',
    name: 'Handball: SG Steigerwald vs. HSV Nordstrand',
    status: 'ENDED',
    startsInDays: -14,
    onSaleInDays: -60,
    seatLimit: 8,
    prices: handball,
  },
  {
    venue: 'Sellout Theatre',
    name: 'The Lamplighter of Anger Street',
    status: 'ON_SALE',
    startsInDays: 16,
    onSaleInDays: -30,
    seatLimit: 6,
    prices: play,
  },
  {
    venue: 'Sellout Theatre',
    name: 'Three Umbrellas and a Wedding',
    status: 'PAUSED',
    startsInDays: 30,
    onSaleInDays: -10,
    seatLimit: 6,
    prices: comedy,
  },
  {
    venue: 'Sellout Theatre',
    name: 'Midnight at the Observatory',
    status: 'DRAFT',
    startsInDays: 100,
    onSaleInDays: 40,
    seatLimit: 6,
    prices: play,
  },
  {
    venue: 'Sellout Arena',
    name: 'Velvet Harbour: Tidelines Tour',
    status: 'ON_SALE',
    startsInDays: 45,
    onSaleInDays: -3,
    seatLimit: 6,
    prices: concert,
  },
  {
    venue: 'Sellout Arena',
    name: 'The Paper Satellites: Farewell to Gravity',
    status: 'ON_SALE',
    startsInDays: 120,
    onSaleInDays: 14,
    seatLimit: 4,
    prices: concert,
  },
  {
    venue: 'Sellout Stadium',
    name: 'Cup Final: FC Nordhafen vs. Union Eichental',
    status: 'ON_SALE',
    startsInDays: 13,
    onSaleInDays: -1,
    seatLimit: 4,
    prices: cupFinal,
  },
];
