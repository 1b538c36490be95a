/** Why a picture cannot be taken, as a sentence for whoever gave it. */
export class ImageProblem extends Error {
  override readonly name = "ImageProblem";
}
