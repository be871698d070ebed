/** Limits of a seating plan. A plan beyond any of these is refused whole, except that texts of areas are cut. */
export const planLimits = {
  textBytesMax: 64 * 1024 * 1024,
  /** A plan nests seven deep; JSON.parse takes many seconds over millions of levels. */
  nestingMax: 64,
  /** A dozen for each of the most seats, as pretix exports have ten; JSON.parse stays within a few seconds. */
  jsonValuesMax: 2_500_000,
  seatsMax: 200_000,
  zonesMax: 10_000,
  rowsMax: 100_000,
  areasMax: 10_000,
  polygonPointsMax: 1_000,
  /** A price tier's index fits a byte, with room to spare. */
  categoriesMax: 64,
  nameLengthMax: 200,
  zoneNameLengthMax: 100,
  categoryNameLengthMax: 100,
  numberLengthMax: 20,
  /** Of a row's or a seat's label, before and after the number is put in. */
  labelLengthMax: 100,
  guidLengthMax: 100,
  areaTextLengthMax: 200,
  /** In drawing units, either way from zero; a sum of three stays exact to a thousandth. */
  coordinateMax: 1_000_000,
  faultsListedMax: 100,
} as const;
