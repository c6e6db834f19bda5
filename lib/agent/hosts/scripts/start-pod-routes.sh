systemctl daemon-reload &&
  systemctl enable --quiet cdktf-pod-routes &&
  systemctl restart cdktf-pod-routes
