/** Every sentence that scripts of the report page say; the rest stands in templates/report. */
export const words = {
  sending: (part) => `上传中 ${Math.round(part * 100)}%`,
  waiting: "等着上传",
  offline: "没传上，网络好像断了",
  broken: "没传上，请再试一次",
  tooLarge: "超过 12 MB，收不了",
  mostPictures: (most) => `照片最多 ${most} 张，多出来的没有加。`,
  picture: (number) => `第 ${number} 张照片`,
  picturesFailed: "有照片没传上。请再传一次，或者去掉它，再提交。",
  finishing: "照片还在上传，传完就提交，请稍等。",
  submitting: "正在提交，请稍等。",
  noNetwork: "现在没有网络。写的都还在，连上网再按提交。",
  locating: "正在找您的位置…",
  located: (metres) => `已记下您现在的位置，误差约 ${metres} 米。最好再写一句，比如几号楼、哪个门。`,
  sharing: "已记下您分享的位置。",
  denied: "您的手机没有允许定位。请在上面写一下地点。",
  lost: "没有找到您的位置。请在上面写一下地点。",
};
