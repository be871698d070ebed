/** Limits of a seating plan. A plan that exceeds one is rejected; only texts of areas are cut instead. */
export const planLimits = {
  textBytesMax: 64 * 1024 * 1024,
  /** A plan has seven levels. JSON.parse takes many seconds for millions. */
  nestingMax: 64,
  /** Twelve per seat; exports of pretix have ten. JSON.parse stays within a few seconds. */
  jsonValuesMax: 2_500_000,
  seatsMax: 200_000,
  zonesMax: 10_000,
  rowsMax: 100_000,
  areasMax: 10_000,
  polygonPointsMax: 1_000,
  /** The index of a price tier must fit into a byte. */
  categoriesMax: 64,
  nameLengthMax: 200,
  zoneNameLengthMax: 100,
  categoryNameLengthMax: 100,
  numberLengthMax: 20,
  /** Length of a row's or seat's label, before and after the number is inserted. */
  labelLengthMax: 100,
  guidLengthMax: 100,
  areaTextLengthMax: 200,
  /** Absolute value in drawing units. The sum of three coordinates is exact to a thousandth. */
  coordinateMax: 1_000_000,
  faultsListedMax: 100,
} as const;
